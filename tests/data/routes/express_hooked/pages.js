// Functions that only a list of plugins names: nobody can tell which middleware has been added when they run.
exports.expressCreateServer = (hookName, { app }) => {
  app.post("/errors", async (req, res) => {
    res.end();
  });
};

exports.adminPages = (hookName, args, callback) => {
  args.app.get("/admin", (req, res, next) => {
    res.end();
  });
  callback();
};

exports.notes = (hookName, args) => {
  args.cache.get("/notes", (req, res) => res);
};
