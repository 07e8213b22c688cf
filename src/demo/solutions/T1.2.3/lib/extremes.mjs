export function extremes(readings) {
  const values = readings.map(({ celsius }) => celsius);
  return { min: Math.min(...values), max: Math.max(...values) };
}
