// The names of objects as lists, and constants that are cut into parts.
const { see } = require("probe");
const app = require("express")();
const table = { "get /a": { open: true }, "post /b": { open: false } };
see(Object.keys(table)[1]); // $ const="post /b"
see(Object.values(table)[0].open); // $ const=True
see(Object.entries(table)[1][0]); // $ const="post /b"
see("get /a".split(" ")[1]); // $ const="/a"
see("get /a".split(" ").length); // $ type=int
for (const key of Object.keys(table)) {
  see(key); // $ const="get /a" const="post /b"
}
app.post("/names", (req, res) => {
  const mixed = Object.assign({}, req.body, table);
  see(Object.keys(mixed)[0]); // $ open untrusted
});
