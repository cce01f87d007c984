"""Tables and schemas."""

from pydantic import BaseModel
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id = mapped_column(primary_key=True)
    name = mapped_column(index=True)
    tenant_id = mapped_column(ForeignKey("tenants.id"))
    deleted_at = mapped_column(nullable=True)
    idempotency_key = mapped_column(unique=True)
    lines = relationship("Line")


class AuditLog(Base):
    __tablename__ = "audit"
    id = mapped_column(primary_key=True)


Index("by_tenant", Order.tenant_id)


class OrderIn(BaseModel):
    name: str


class OrderOut(BaseModel):
    name: str


class OrderCommandHandler:
    """Takes an order."""


class EventStore:
    """Keeps what happened."""


class OrderSaga:
    """Undoes what others did."""
