const READING = /^(\d\d:\d\d) (-?\d+(?:\.\d+)?)$/;

export function parseReadings(text) {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line, index) => {
    const match = READING.exec(line);
    if (match === null) throw new Error(`line ${index + 1} is no reading: ${line}`);
    return { time: match[1], celsius: Number(match[2]) };
  });
}
