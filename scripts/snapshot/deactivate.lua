--- os2 snapshot deactivate: keeps snapshots, and lets nothing be made from them.
return require("os2.flows.snapshots.changing").part("deactivate", {
  examples = {
    { "Keep a bad snapshot, and let nothing be made from it.",
      "os2 snapshot deactivate iterate-sandbox-dev--20261101-100000" },
  },
})
