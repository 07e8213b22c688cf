/** The JSON Schema that editors get says what the reader says. */
import { expect, test } from "vitest";
import { roadmapJsonSchema } from "../../src/roadmap/schema.ts";

test("the JSON Schema is strict, and its required fields are those without a default", () => {
  const schema = roadmapJsonSchema();
  expect(schema).toMatchObject({
    type: "object",
    additionalProperties: false,
    properties: { version: { const: 1 }, epics: { type: "array" }, tasks: { type: "array" } },
    $defs: {
      roadmapTask: {
        additionalProperties: false,
        required: ["id", "title"],
        properties: {
          priority: { enum: ["high", "medium", "low"], default: "medium" },
          complexity: { minimum: 1, maximum: 10, default: 5 },
          depends_on: { type: "array", items: { type: "string" } },
        },
      },
    },
  });
  expect(schema).not.toHaveProperty("required");
});

test("the JSON Schema is plain JSON", () => {
  const schema = roadmapJsonSchema();
  expect(JSON.parse(JSON.stringify(schema))).toStrictEqual(schema);
});
