const express = require("express");
const handlers = require("./handlers");
const { auth } = require("./auth");

const app = express();
const router = express.Router();

const forwarded = (...args) => router.get(...args);
forwarded("/forwarded", auth, handlers.list);
forwarded("/forwarded/open", handlers.open);

function setup(target, path, ...rest) {
  target.post(path, ...rest);
}
setup(router, "/setup", auth, handlers.list);
setup(router, "/setup/open", handlers.open);

const page = function (...args) {
  const [target, path] = args;
  const before = args.length > 3 ? args[args.length - 2] : [];
  const controller = args[args.length - 1];
  const every = [handlers.counted, ...before];
  target.get(path, every, controller);
  target.get(`/api${path}`, every, controller);
};
page(router, "/page", [auth], handlers.list);
page(router, "/page/open", handlers.open);

const verbal = (...args) => {
  const [target, verb, path] = args;
  target[verb](path, args.at(-1));
};
verbal(router, "put", "/verbal", handlers.list);

function guarded(path, handler) {
  router.delete(path, ...[auth, handler]);
}
guarded("/guarded", handlers.list);

const routes = [
  ["/listed", auth, handlers.list],
  ["/listed/open", handlers.open],
];
routes.forEach((route) => router.patch(...route));

function one(...args) {
  const [target] = args;
  target.get("/one", auth, handlers.list);
}
function two(...[target]) {
  target.get("/two", handlers.open);
}
function both(...args) {
  one(...args);
  two(...args);
}
both(router);

app.use(router);
app.listen(3000);
