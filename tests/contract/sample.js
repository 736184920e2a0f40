// sample: values that a schema of a description allows, every field of them given.
"use strict"

const MOST_DEEP = 8 // records that hold themselves end there

const UUID = "12345678-90ab-4def-8123-4567890abcde"
const TEXT = "smörgås & co=1?/#%" // what only arrives when it is encoded rightly
const TIME = "2026-01-11T19:30:45Z"

function resolve(description, schema) {
  if (!schema.$ref) return schema
  return resolve(description, description.components.schemas[schema.$ref.split("/").pop()])
}

/** What is put together from one part only is that part. */
function single(description, schema) {
  const whole = resolve(description, schema)
  return whole.allOf && whole.allOf.length === 1 ? single(description, whole.allOf[0]) : whole
}

/** The properties of a record and of all it is put together from. */
function propertiesOf(description, schema) {
  const whole = resolve(description, schema)
  const parts = (whole.allOf || []).map((part) => propertiesOf(description, part))
  return Object.assign({}, ...parts, whole.properties)
}

function textOf(schema) {
  if (schema.format === "date-time") return TIME
  if (schema.format === "uuid") return UUID
  return TEXT
}

function record(description, schema, depth) {
  const made = {}
  for (const [name, property] of Object.entries(propertiesOf(description, schema))) {
    const value = sample(description, property, depth + 1)
    if (value !== undefined) made[name] = value
  }
  const values = schema.additionalProperties
  if (values && typeof values === "object") made.sample = sample(description, values, depth + 1)
  return made
}

function list(description, schema, depth) {
  const item = sample(description, schema.items || {}, depth + 1)
  return item === undefined ? undefined : [item]
}

/** A value that `schema` allows; undefined where the description goes deeper than anybody looks. */
function sample(description, schema, depth = 0) {
  if (depth > MOST_DEEP) return undefined
  const whole = single(description, schema)
  if (whole.enum) return whole.enum.find((value) => value !== null && value !== "")
  if (whole.type === "array") return list(description, whole, depth)
  if (whole.type === "integer" || whole.type === "number") return whole.minimum || 1
  if (whole.type === "boolean") return true
  if (whole.type === "string") return textOf(whole)
  return record(description, whole, depth)
}

module.exports = { UUID, resolve, sample }
