// surfaces: what the stand-in serves: the API, and toolboxes, previews and build logs beside it.
"use strict"

const api = require("./api")
const audit = require("./audit")
const buildLogs = require("./build-logs")
const previews = require("./preview-proxy")
const storage = require("./storage")
const toolbox = require("./toolbox")
const { envelope } = require("./errors")
const { readBody, readBytes, readToolboxBody } = require("./wire")

const plainEnvelope = (call, error) => envelope(call.url, error)

/** Lets a body go by; what it held is of no interest. */
async function noBody(req) {
  req.resume()
  return {}
}

const operationPath = (call, prefix) =>
  call.route && call.route.operation ? prefix + call.route.operation.path : call.path

const API = {
  readBody,
  dispatch: api.dispatch,
  envelope: plainEnvelope,
  name: (call) => operationPath(call, "/api"),
  answered: audit.record,
}

const TOOLBOX = {
  readBody: readToolboxBody,
  dispatch: toolbox.dispatch,
  envelope: toolbox.envelope,
  name: (call) => operationPath(call, "/toolbox/{sandboxId}"),
  answered: () => {},
}

const PREVIEW = {
  readBody: noBody,
  dispatch: previews.dispatch,
  envelope: plainEnvelope,
  name: () => "/preview/{port}/{sandboxId}",
  answered: () => {},
}

const BUILD_LOGS = {
  readBody: noBody,
  dispatch: async (call) => buildLogs.dispatch(call),
  envelope: plainEnvelope,
  name: ({ route }) => `/${route.kind}/{id}/build-logs`,
  answered: () => {},
}

const STORAGE = {
  readBody: readBytes,
  dispatch: storage.dispatch,
  envelope: plainEnvelope,
  name: () => "/storage/{key}",
  answered: () => {},
}

/** Finds a call's surface and route; sets `call.route` and returns the surface. */
function surfaceOf(call) {
  call.route = previews.routeOf(call)
  if (call.route) {
    call.url = previews.canonicalUrl(call)
    return PREVIEW
  }
  call.route = toolbox.routeOf(call)
  if (call.route) return TOOLBOX
  call.route = buildLogs.routeOf(call)
  if (call.route) return BUILD_LOGS
  call.route = storage.routeOf(call)
  if (call.route) return STORAGE
  call.route = api.routeOf(call)
  return API
}

/** Resolves once every surface can be asked. */
const ready = Promise.all([api.ready, toolbox.ready])

module.exports = { ready, surfaceOf }
