export const stations = ["airport"];
