const http = require("http");

const pages = { "/a": (req, res) => res.end(store.a()), "/b": (req, res) => res.end(store.b()) };
const calls = {
  "POST /c": add,
  "GET /d": (req, res) => res.end(store.d()),
};
const server = http.createServer();
server.on("request", (req, res) => {
  const page = pages[req.url] || calls[`${req.method} ${req.url}`];
  if (page) page(req, res);
  else res.writeHead(404).end();
});
server.on("upgrade", (req, socket) => {
  if (req.url === "/none") socket.end();
});
server.listen(8080);

function add(req, res) {
  if (!req.headers.authorization) return res.writeHead(401).end();
  res.end(store.add(req));
}
