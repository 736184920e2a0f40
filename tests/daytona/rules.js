// rules: checks requests against the API description, with the messages the API has for it.
//
// The description says types, bounds and enumerations; the messages and their order are those of
// the real API's validator. Nested objects are not looked into and unknown fields are ignored,
// because the real API does neither.
"use strict"

const { badRequest } = require("./errors")

// Lower bounds the API enforces and the description leaves out, by operation and field.
const LOWER_BOUNDS = {
  createSnapshot: { cpu: 0, gpu: 0, memory: 0, disk: 0 },
}

// Fields that the description requires and the API does not, by operation.
const NOT_REQUIRED = {
  replaceLabels: ["labels"],
}

// Query parameters that the API looks at and the description leaves out, by operation.
const UNDESCRIBED = {
  getAllSnapshots: [{ name: "createdAtAfter", schema: { type: "string", format: "date-time" } }],
}

/** The schema itself: `allOf` with one entry is how the description refers to an enumeration. */
function plain(schema) {
  return schema.allOf && schema.allOf.length === 1 ? { ...schema.allOf[0], ...schema } : schema
}

function oneOf(name, values) {
  return `${name} must be one of the following values: ${values.join(", ")}`
}

/* Query -------------------------------------------------------------------------------------- */

function numberProblems(name, value, schema) {
  const problems = []
  if (!Number.isInteger(value)) problems.push(`${name} must be an integer number`)
  if (schema.minimum !== undefined && !(value >= schema.minimum)) {
    problems.push(`${name} must not be less than ${schema.minimum}`)
  }
  if (schema.maximum !== undefined && !(value <= schema.maximum)) {
    problems.push(`${name} must not be greater than ${schema.maximum}`)
  }
  return problems
}

function listProblems(value, schema) {
  const values = plain(schema.items).enum
  if (!values || value.every((item) => values.includes(item))) return []
  return [oneOf("each value", values)]
}

function queryProblems(name, value, schema) {
  if (schema.type === "number") return numberProblems(name, value, schema)
  if (schema.type === "array") return listProblems(value, schema)
  if (schema.type === "boolean") {
    return typeof value === "boolean" ? [] : [`${name} must be a boolean value`]
  }
  if (schema.enum) return schema.enum.includes(value) ? [] : [oneOf(name, schema.enum)]
  if (schema.type !== "string") return []
  if (typeof value !== "string") return [`${name} must be a string`]
  // The text of this 400 is not on record; only its status is.
  const isDate = schema.format !== "date-time" || !Number.isNaN(Date.parse(value))
  return isDate ? [] : [`${name} must be a Date instance`]
}

function queryValue(raw, schema) {
  if (raw === undefined) return schema.default
  if (schema.type === "number") return Number(raw)
  if (schema.type === "boolean") return raw === "true" || (raw === "false" ? false : raw)
  if (schema.type === "array") return [raw].flat().flatMap((item) => item.split(","))
  return raw
}

/** The query as the operation declares it: typed, with defaults, unknown parameters dropped. */
function checkQuery(operation, raw) {
  const values = {}
  const problems = []
  const described = operation.parameters.filter((candidate) => candidate.in === "query")
  for (const parameter of [...described, ...(UNDESCRIBED[operation.operationId] || [])]) {
    const schema = plain(parameter.schema)
    const value = queryValue(raw[parameter.name], schema)
    values[parameter.name] = value
    if (value !== undefined) problems.push(...queryProblems(parameter.name, value, schema))
  }
  if (problems.length > 0) throw badRequest(problems.join(", "))
  return values
}

/* Body --------------------------------------------------------------------------------------- */

const NUMBER = "must be a number conforming to the specified constraints"

const TYPE_CHECKS = {
  string: ["must be a string", (value) => typeof value === "string"],
  array: ["must be an array", Array.isArray],
  object: ["must be an object", (value) => typeof value === "object" && !Array.isArray(value)],
  boolean: ["must be a boolean value", (value) => typeof value === "boolean"],
  integer: [NUMBER, Number.isFinite],
  number: [NUMBER, Number.isFinite],
}

function fieldProblems(name, value, schema, lowerBound) {
  if (schema.enum) return schema.enum.includes(value) ? [] : [oneOf(name, schema.enum)]
  const problems = []
  if (lowerBound !== undefined && !(typeof value === "number" && value >= lowerBound)) {
    problems.push(`${name} must not be less than ${lowerBound}`)
  }
  const [message, holds] = TYPE_CHECKS[schema.type] || ["", () => true]
  if (!holds(value)) problems.push(`${name} ${message}`)
  return problems
}

function bodySchema(operation) {
  const content = operation.requestBody && operation.requestBody.content["application/json"]
  return content ? content.schema : { properties: {} }
}

/**
 * The problems of a JSON body, as message strings. null counts as not given.
 * @param {object} operation
 * @param {object} body
 */
function bodyProblems(operation, body) {
  const schema = bodySchema(operation)
  const bounds = LOWER_BOUNDS[operation.operationId] || {}
  const optional = NOT_REQUIRED[operation.operationId] || []
  const required = (schema.required || []).filter((name) => !optional.includes(name))
  const problems = []
  for (const [name, field] of Object.entries(schema.properties || {})) {
    const value = body[name] ?? undefined
    if (value === undefined && !required.includes(name)) continue
    const fieldSchema = plain(field)
    const lowerBound = bounds[name] ?? fieldSchema.minimum
    problems.push(...fieldProblems(name, value, fieldSchema, lowerBound))
  }
  return problems
}

function checkBody(operation, body, more = []) {
  const problems = [...bodyProblems(operation, body), ...more]
  if (problems.length > 0) throw badRequest(problems.join(", "))
}

module.exports = { checkBody, checkQuery }
