const Glue = require("@hapi/glue");
const Manifest = require("./manifest.json");

Glue.compose(Manifest, { relativeTo: __dirname }).then((server) => server.start());
