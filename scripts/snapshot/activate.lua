--- os2 snapshot activate: makes snapshots usable again.
return require("os2.flows.snapshots.changing").part("activate", {
  examples = {
    { "Make a snapshot usable again.",
      "os2 snapshot activate iterate-sandbox-dev--20261101-100000" },
  },
})
