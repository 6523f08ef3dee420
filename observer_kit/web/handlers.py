"""Errors on their way out: one JSON shape for programs, one calm page for people, nothing of the inside."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from observer_kit import clock
from observer_kit.errors import KitError, TooManyAttempts
from observer_kit.web.speech import tell_or

CODES = {
    400: "bad_request",
    401: "sign_in_failed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "too_many_attempts",
}


def init_app(app: Flask) -> None:
    """Answer every error in the one shape."""
    app.register_error_handler(KitError, _kit_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def wants_json() -> bool:
    """Say whether a program asked: everything under /api/, or who takes JSON and not HTML."""
    accepts = request.accept_mimetypes
    return request.path.startswith("/api/") or (accepts.best == "application/json" and not accepts.accept_html)


def _kit_error(error: KitError) -> Response:
    if error.status >= 500:
        return _hidden(error, error.code, error.status)
    answer = _answer(error.as_dict(), error.status)
    if isinstance(error, TooManyAttempts) and "wait" in error.detail:
        answer.headers["Retry-After"] = str(error.detail["wait"])
    return answer


def _csrf_error(error: CSRFError) -> Response:
    return _answer({"code": "form_expired", "message": tell_or("doors.error_form_expired", "send the form again")}, 400)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if status >= 500:
        return _hidden(error, "internal", status)
    code = CODES.get(status, "bad_request")
    answer = _answer({"code": code, "message": tell_or(f"doors.error_{code}", error.name)}, status)
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _unforeseen(error: Exception) -> Response:
    return _hidden(error, "internal", 500)


def _hidden(error: Exception, code: str, status: int) -> Response:
    """Log what happened under an id, and tell only the id."""
    reference = clock.new_id()
    current_app.logger.error("%s %s: %s", request.method, request.path, reference, exc_info=error)
    return _answer(
        {"code": code, "message": tell_or("doors.error_internal", "internal error"), "id": reference}, status
    )


def _answer(shape: dict[str, Any], status: int) -> Response:
    if wants_json():
        response = jsonify({"error": shape})
    else:
        response = make_response(render_template("error.html", error=shape, status=status))
    response.status_code = status
    return response
