from abc import ABC

from fastapi import Depends, HTTPException, Request
from fastapi_utils.cbv import cbv
from store import open_session

__all__ = ["AdminController", "MemberController", "PublicController", "cbv"]


def current_user(request: Request):
    if "user" not in request.session:
        raise HTTPException(401)
    return request.session["user"]


def admin_user(user=Depends(current_user)):
    if not user.is_admin:
        raise HTTPException(403)
    return user


class PublicController(ABC):
    session = Depends(open_session)


class MemberController(PublicController):
    user: str = Depends(current_user)


class AdminController(MemberController):
    user: str = Depends(admin_user)
