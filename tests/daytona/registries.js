// registries: an organization's own container registries.
"use strict"

const crypto = require("node:crypto")
const { notFound } = require("./errors")
const { now } = require("./lifecycle")
const { empty, Reply } = require("./reply")
const { checkBody } = require("./rules")

/** A registry as answers show it: never with its password. */
function present({ password, organizationId, ...shown }) {
  return shown
}

function find(call) {
  const { id } = call.params
  const registry = call.world.registries.get(id)
  if (!registry || registry.organizationId !== call.organization) {
    throw notFound(`Docker registry with ID ${id} not found`)
  }
  return registry
}

function createRegistry(call) {
  checkBody(call.operation, call.body)
  const { name, url, username, password, project = "" } = call.body
  const registry = {
    id: crypto.randomUUID(),
    organizationId: call.organization,
    ...{ name, url, username, password, project },
    registryType: "organization",
    createdAt: now(),
    updatedAt: now(),
  }
  call.world.registries.add(registry)
  return new Reply(201, present(registry))
}

function updateRegistry(call) {
  checkBody(call.operation, call.body)
  const registry = find(call)
  const { name, url, username, password = registry.password } = call.body
  const { project = registry.project } = call.body
  const fields = { name, url, username, password, project, updatedAt: now() }
  call.world.registries.update(registry, fields)
  return present(registry)
}

function deleteRegistry(call) {
  call.world.registries.remove(find(call))
  return empty(204)
}

const handlers = {
  createRegistry,
  deleteRegistry,
  getRegistry: (call) => present(find(call)),
  listRegistries: (call) =>
    call.world.registries.oldestFirst(call.organization).map((registry) => present(registry)),
  updateRegistry,
}

module.exports = { handlers }
