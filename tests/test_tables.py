"""Indexes of tables that stand beside the code: in Prisma's schemas and in migrations."""

import time
from pathlib import Path

from backend_audit.audit import scan
from backend_audit.config import load
from backend_audit.finding import Finding, Mode
from backend_audit.frameworks.node_schemas import defined
from backend_audit.link.symbols import ModuleSymbol
from backend_audit.lower import javascript
from backend_audit.source import Language

SCHEMA = """
datasource db {
  provider = "PROVIDER"
  url      = env("DATABASE_URL")
}

model User {
  id      Int       @id
  name    String
  tickets Ticket[]
  notes   Note[]
}

model Ticket {
  id       Int    @id
  userId   Int
  teamId   Int
  codeId   Int    @unique // one for each
  user     User   @relation(fields: [userId], references: [id])
  // team  Team   @relation(fields: [teamId], references: [id])
  INDEX
}

model Note {
  id     Int  @id
  userId Int
  user   User @relation(fields: [userId], references: [id])
}
"""
SERVER = """
const { PrismaClient } = require('@prisma/client')
const express = require('express')
const prisma = new PrismaClient()
const app = express()
app.get('/users/:id', async (req, res) => {
  res.json(await prisma.user.findUnique({ where: { id: Number(req.params.id) }, QUERY }))
})
"""


def missing(folder: Path, mode: Mode = Mode.ADVANCED) -> list[Finding]:
    config = load(folder, {"cache": False, "semgrep": False, "workers": 1, "mode": str(mode)}, {}, isolated=True)
    return [one for one in scan(config, [folder]).report.findings if one.rule == "missing-index"]


def prisma(folder: Path, provider: str, index: str, query: str) -> list[Finding]:
    text = SCHEMA.replace("PROVIDER", provider).replace("INDEX", index)
    (folder / "schema.prisma").write_text(text)
    (folder / "server.js").write_text(SERVER.replace("QUERY", query))
    return missing(folder)


def test_lists_that_are_loaded_need_an_index(tmp_path: Path) -> None:
    [one] = prisma(tmp_path, "postgresql", "", "include: { tickets: true }")
    assert (one.place.path, one.place.line, one.place.column) == ("schema.prisma", 16, 3)
    assert "`Ticket.userId` refers to `User`" in one.message


def test_what_is_covered_or_never_asked_for_is_not_told(tmp_path: Path) -> None:
    assert not prisma(tmp_path, "postgresql", "@@index([userId, teamId])", "include: { tickets: true }")
    assert prisma(tmp_path, "postgresql", "@@index([teamId, userId])", "include: { tickets: true }")
    assert not prisma(tmp_path, "postgresql", "", "select: { name: true }")
    assert not prisma(tmp_path, "mysql", "", "include: { tickets: true }")


def test_default_mode_does_not_look(tmp_path: Path) -> None:
    assert prisma(tmp_path, "postgresql", "", "include: { tickets: true }")
    assert not missing(tmp_path, Mode.DEFAULT)


MODEL = """
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))

def coupon(session, code):
    return session.query(Coupon).filter_by(code=code).first()
"""
MIGRATION = """
from alembic import op

def upgrade():
    with op.batch_alter_table("TABLE") as batch:
        batch.create_index(batch.f("ix_TABLE_code"), ["code"], unique=True)
"""


def test_migrations_may_make_the_index(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODEL)
    assert [one.symbol for one in missing(tmp_path)] == ["Coupon"]
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "migrations" / "script.py.mako").write_text("")
    (versions / "1_start.py").write_text(MIGRATION.replace("TABLE", "vouchers"))
    assert missing(tmp_path)
    (versions / "2_more.py").write_text(MIGRATION.replace("TABLE", "coupons"))
    assert not missing(tmp_path)


def test_many_models_of_a_file_are_read_in_linear_time() -> None:
    model = "const A{0} = sequelize.define('A{0}', {{ a: {{ type: DataTypes.STRING }} }}, {{}});\nA{0}.belongsTo(B{0});\n"
    text = "".join(model.format(at) for at in range(3000))
    module = ModuleSymbol("a.js", "a.js", javascript.lower("a.js", text, Language.JAVASCRIPT).module, is_package=False)
    begun = time.process_time()
    assert len(list(defined(module))) == 6000
    assert time.process_time() - begun < 5
