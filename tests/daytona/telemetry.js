// telemetry: logs, traces and metrics of sandboxes, of which there are none here.
"use strict"

const { findSandbox } = require("./sandboxes")

function noPage(call) {
  findSandbox(call)
  return { items: [], total: 0, page: call.query.page, totalPages: 0 }
}

function noSpans(call) {
  findSandbox(call)
  return []
}

function noMetrics(call) {
  findSandbox(call)
  return { series: [] }
}

const handlers = {
  getSandboxLogs: noPage,
  getSandboxMetrics: noMetrics,
  getSandboxTraceSpans: noSpans,
  getSandboxTraces: noPage,
}

module.exports = { handlers }
