/** How a table is described: its columns, its key, and the actor that each row belongs to. */
export interface TableShape<Row> {
  /** The column that names the actor a row belongs to. */
  readonly owner: keyof Row & string;
  readonly key: readonly (keyof Row & string)[];
  /** Column name to its SQL type and checks. */
  readonly columns: { readonly [Column in keyof Row]-?: string };
  readonly indexes: readonly string[];
}
