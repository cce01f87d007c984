"""Connections."""

from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

engine = create_async_engine("postgresql+asyncpg://db/orders", pool_size=10, pool_pre_ping=True)
sessions = async_sessionmaker(engine)


async def get_db():
    async with sessions() as session:
        yield session


def get_shard(tenant: int) -> str:
    return f"orders_{tenant % 4}"


SHARD = get_shard(1)
