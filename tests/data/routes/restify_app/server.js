const restify = require("restify");

const server = restify.createServer({ name: "shop" });
server.pre(restify.plugins.pre.dedupeSlashes());
server.use(restify.plugins.bodyParser());
server.get("/open", (req, res, next) => {
  res.send(store.all());
  next();
});
server.use((req, res, next) => {
  if (!req.headers.authorization) return next(new errs.UnauthorizedError("who are you?"));
  return next();
});
server.del("/items/:id", (req, res, next) => {
  res.send(store.remove(req.params.id));
  next();
});
server.put({ path: "/items/:id", name: "change" }, [read, (req, res, next) => next(res.send(store.change(req.params.id)))]);
server.post("/items", restify.plugins.throttle({ burst: 1, rate: 1, ip: true }), (req, res, next) => next(res.send(store.add(req.body))));

function read(req, res, next) {
  next();
}
