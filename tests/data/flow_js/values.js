// Names, strings, containers and operators.
import { see } from "probe";

const name = "a";
see(name); // $ const="a"
see(name + "b"); // $ const="ab"
see(`x${name}y`); // $ const="xay"
see(other); // $ api=other
see("q " + other.z); // $ shape="q {}"
see(1 + 2); // $ const=3
see("a" + 1); // $ const="a1"
see("  A ".trim().toLowerCase()); // $ const="a"
see(["a", "b"].join("-")); // $ const="a-b"
see([other.x, "b"].join(",")); // $ shape="{},b"
see("a".concat("b")); // $ const="ab"
see(Number(other.x)); // $ type=int
see(parseInt(other.x, 10)); // $ type=int
see(undefined); // $ const=None
see(null ?? "z"); // $ const="z"
see(`is ${null} or ${true}`); // $ const="is null or true"
see(`${other.b ? "b" : undefined}/x`); // $ const="b/x"
see(true ? "t" : "f"); // $ const="t"
see(typeof other); // $ made

const box = { a: "1", b: { c: "2" }, d() { return "3"; } };
see(box.a); // $ const="1"
see(box["a"]); // $ const="1"
see(box.b.c); // $ const="2"
see(box.d()); // $ const="3"
box.e = "5";
see(box.e); // $ const="5"
see({ ...box, a: "9" }.a); // $ const="9"
see(Object.assign({}, box, { a: "8" }).a); // $ const="8"
see(Object.values({ p: "x", q: "y" })[0]); // $ const="x"

const { a, b: { c: deep }, missing = "m", ...rest } = box;
see(a); // $ const="1"
see(deep); // $ const="2"
see(rest.a); // $ const="1"
const [first, , third = "t", ...others] = ["1", "2"];
see(first); // $ const="1"
see(third); // $ const="t"
const list = [];
list.push("in");
see(list[0]); // $ const="in"
see(list.length); // $ type=int

let changed = "before";
{
  let changed = "inner";
  see(changed); // $ const="inner"
}
see(changed); // $ const="before"
changed = "after";
see(changed); // $ const="after"
let n = "n";
n += "m";
see(n); // $ const="nm"

function branches(x, kind) {
  let found = "none";
  if (x === "a") {
    see(x); // $ const="a"
    found = "some";
  }
  see(found); // $ const="none" const="some"
  switch (kind) {
    case "k":
      see(kind); // $ const="k"
    case "l":
      found = "fallen";
      break;
    default:
      return;
  }
  see(found); // $ const="fallen"
  for (const one of ["u", "v"]) {
    see(one); // $ const="u" const="v"
  }
  for (const key in { w: 1 }) {
    see(key); // $ const="w"
  }
  do {
    found = "looped";
  } while (x);
  see(found); // $ const="fallen" const="looped"
  try {
    throw new Error("x");
    see("dead"); // $ dead
  } catch {
    see("caught"); // $ const="caught"
  }
}
const hits = new Map();
app.use((req, res, next) => {
  req.step = "first";
  req.given = req.query.given;
  next();
});
app.get("/steps", (req, res) => {
  see(req.step); // $ const="first"
  see(req.given); // $ api=express.Request.query.given open untrusted
  see(hits.get(req.ip)); // $ open
});
