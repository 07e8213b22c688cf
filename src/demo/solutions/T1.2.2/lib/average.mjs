export function average(readings) {
  if (readings.length === 0) return null;
  const sum = readings.reduce((total, { celsius }) => total + celsius, 0);
  return sum / readings.length;
}
