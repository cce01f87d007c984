class Store:
    async def by_token(self, token):
        return await self.database.fetch(token)

    async def by_cookie(self, cookie):
        return await self.database.fetch(cookie)


store = Store()
