--- os2 snapshot delete: deletes snapshots.
return require("os2.flows.snapshots.changing").part("delete", {
  examples = {
    { "Delete two snapshots.", "os2 snapshot delete dev--20261001-100000 dev--20261002-100000" },
    { "Delete one of the local engine.",
      "os2 snapshot delete --provider docker dev--20261001-100000" },
  },
})
