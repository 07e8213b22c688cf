/** The charts as the database saw them last: name, version and a hash of the definition. */
import type { ChartRow } from "../port.ts";
import type { Connection } from "./database.ts";

export function openChartRows(db: Connection) {
  const all = db.prepare<[], ChartRow>(
    "SELECT chart, chart_version AS chartVersion, hash FROM charts ORDER BY chart",
  );
  const put = db.prepare("INSERT OR REPLACE INTO charts VALUES (?, ?, ?)");
  return {
    all: (): readonly ChartRow[] => all.all(),
    put: ({ chart, chartVersion, hash }: ChartRow): void => {
      put.run(chart, chartVersion, hash);
    },
  };
}
