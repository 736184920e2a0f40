// judge: what is wrong with a request, by the description and by the sample it was to be made from.
"use strict"

const { isDeepStrictEqual } = require("node:util")
const Ajv = require("ajv")
const { BYTES, JSON_TYPE, MULTIPART } = require("./contract")

const FORMATS = { "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ }

/** Checks values against schemas of `description` by their place in it. */
function createValidator(description) {
  const ajv = new Ajv({ strict: false, logger: false, formats: FORMATS })
  ajv.addSchema({ $id: "description", ...description })
  return (at, value, name) => {
    const validate = ajv.compile({ $ref: `description${at}` })
    if (validate(value)) return []
    return validate.errors.map((error) => `${name}${error.instancePath} ${error.message}`)
  }
}

// ---- what arrived ----

function readText(schema, text) {
  if (schema.type === "integer" || schema.type === "number") return Number(text)
  if (schema.type === "boolean") return text === "true"
  return text
}

function readTexts(schema, texts) {
  if (schema.type === "array") return texts.map((text) => readText(schema.items || {}, text))
  return texts.length === 1 ? readText(schema, texts[0]) : texts
}

/** The fields of an object, sent as name[field]. */
function readFields(name, schema, query) {
  const fields = Object.entries(schema.properties)
    .map(([field, property]) => [field, property, query.getAll(`${name}[${field}]`)])
    .filter(([, , texts]) => texts.length > 0)
  return Object.fromEntries(fields.map(([field, property, texts]) => [field, readTexts(property, texts)]))
}

function readQuery(parameters, query) {
  const found = {}
  for (const { name, schema } of parameters) {
    if (schema.type === "object") found[name] = readFields(name, schema, query)
    else if (query.has(name)) found[name] = readTexts(schema, query.getAll(name))
  }
  return found
}

function readPath({ pattern, parameters }, path) {
  const { groups = {} } = pattern.exec(path)
  const values = parameters.path.map(({ name, schema }) => {
    return [name, readText(schema, decodeURIComponent(groups[name]))]
  })
  return Object.fromEntries(values)
}

function readHeaders(parameters, headers) {
  return Object.fromEntries(parameters.map(({ name }) => [name, headers[name.toLowerCase()]]))
}

// ---- what is wrong with it ----

function differences(found, wanted) {
  return Object.keys(wanted)
    .filter((place) => !isDeepStrictEqual(found[place], wanted[place]))
    .map((place) => `another ${place} arrived: ${JSON.stringify(found[place])}`)
}

function unknownKeys(parameters, query) {
  const names = parameters.map(({ name }) => name)
  const unknown = [...query.keys()].filter((key) => !names.includes(key.replace(/\[\w+\]$/, "")))
  return unknown.map((key) => `${key} is no key of the query`)
}

function parameterErrors(validate, parameters, found) {
  return parameters.flatMap(({ name, at, required }) => {
    if (found[name] === undefined) return required ? [`${name} is missing`] : []
    return validate(at, found[name], name)
  })
}

function formErrors({ headers, body }) {
  const boundary = /boundary=([^;]+)/.exec(headers["content-type"])[1]
  const wanted =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a%22b"\r\n` +
    `Content-Type: application/octet-stream\r\n\r\n${BYTES}\r\n--${boundary}--\r\n`
  return body === wanted ? [] : ["another form arrived"]
}

function jsonErrors(validate, { at, sample }, text) {
  const body = JSON.parse(text)
  return [...validate(at, body, "body"), ...differences({ body }, { body: sample })]
}

function bodyErrors(validate, wanted, request) {
  const type = (request.headers["content-type"] || "").split(";")[0]
  if (!wanted.media) return request.body === "" ? [] : ["a body arrived"]
  if (type !== wanted.media) return [`the body's type is '${type}', not ${wanted.media}`]
  if (type === MULTIPART) return formErrors(request)
  if (type === JSON_TYPE) return jsonErrors(validate, wanted, request.body)
  return request.body === BYTES ? [] : ["other bytes arrived"]
}

/** What is wrong with a request to `operation`, one line each; `request` is {path, query, headers, body}. */
function judge(validate, operation, request) {
  const { parameters, sample, body } = operation
  const found = {
    path: readPath(operation, request.path),
    query: readQuery(parameters.query, request.query),
    header: readHeaders(parameters.header, request.headers),
  }
  return [
    ...unknownKeys(parameters.query, request.query),
    ...differences(found, sample),
    ...Object.keys(found).flatMap((place) => parameterErrors(validate, parameters[place], found[place])),
    ...bodyErrors(validate, body, request),
  ]
}

module.exports = { createValidator, judge }
