// backend: an API description and the handlers of its operations, as one OpenAPI back end.
"use strict"

const { OpenAPIBackend, OpenAPIRouter } = require("openapi-backend")
const { ApiError, badRequest } = require("./errors")

/** The back end's own validator stays off: the real API's messages differ (see rules.js). */
const OPTIONS = { quick: true, strict: true, validate: false, ignoreTrailingSlashes: false }

/** Express and gin let one slash at the end of a path go by; the library would take any number. */
const trimmed = (path) => path.replace(/\/$/, "")

/** Handlers that are given the call alone, as the library calls them. */
function adapted(handlers) {
  const entries = Object.entries(handlers)
  return Object.fromEntries(entries.map(([id, handler]) => [id, (_, call) => handler(call)]))
}

function notImplemented({ operation }) {
  throw new ApiError(501, `the stand-in does not answer ${operation.operationId}`)
}

/** The description does not change, and listing its operations anew is most of a request's time. */
class Router extends OpenAPIRouter {
  getOperations() {
    this.operations ??= super.getOperations()
    return this.operations
  }
}

class Backend {
  /**
   * @param {object} options
   * @param {object} options.definition an OpenAPI 3 document
   * @param {string} options.apiRoot what comes before the paths of the document
   * @param {object} options.handlers by operation id, each takes a call, with `operation` and
   *   `params` set; also the library's `notFound` and `preOperationHandler`
   * @param {(call: object) => void} options.routed runs once a call was looked up, found or not
   * @param {object} [options.securityHandlers] by security scheme: each takes a call, and throws
   *   what it has against it or returns true
   */
  constructor({ definition, apiRoot, handlers, routed, securityHandlers = {} }) {
    const postRoutingHandler = ({ operation, request }, call) => {
      if (operation) Object.assign(call, { operation, params: request.params })
      routed(call)
    }
    const unauthorizedHandler = ({ security }) => {
      throw Object.values(security).find((result) => result.error).error
    }
    this.api = new OpenAPIBackend({
      ...OPTIONS,
      definition,
      apiRoot,
      handlers: { ...adapted(handlers), notImplemented, postRoutingHandler, unauthorizedHandler },
      securityHandlers: adapted(securityHandlers),
    })
    this.ready = this.init()
  }

  async init() {
    await this.api.init()
    this.api.router = new Router(this.api.router)
  }

  /** The operation a method and a path are for, or undefined; its parameters are not looked at. */
  match(method, path) {
    return this.api.matchOperation({ method, path: trimmed(path) })
  }

  /** Takes a call to its handler; resolves to what that returns, rejects with an ApiError. */
  async handle(call, path) {
    const { method, headers } = call
    try {
      return await this.api.handleRequest({ method, path: trimmed(path), headers }, call)
    } catch (error) {
      if (error instanceof URIError) throw badRequest("Failed to decode path parameter")
      throw error
    }
  }
}

module.exports = { Backend }
