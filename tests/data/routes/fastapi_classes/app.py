from base import AdminController, MemberController, PublicController, cbv
from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/books")


@cbv(router)
class Shelf(PublicController):
    @router.get("/")
    def listed(self):
        return self.session.all()


@cbv(router)
class Mine(MemberController):
    @router.post("/")
    def add(self):
        return self.session.add(self.user)


@cbv(router)
class Everybodys(AdminController):
    @router.delete("/{number}")
    def remove(self, number: int):
        return self.session.remove(number)


app = FastAPI()
app.include_router(router)
