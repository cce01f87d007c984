const plugin = async (fastify) => {
  fastify.get("/:id", async (request) => request.params.id);
};

export default plugin;
