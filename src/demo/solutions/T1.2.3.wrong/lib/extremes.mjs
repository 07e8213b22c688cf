export function extremes(readings) {
  const values = readings.map(({ celsius }) => celsius).sort();
  return { min: values.at(0), max: values.at(-1) };
}
