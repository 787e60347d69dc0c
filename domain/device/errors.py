"""Why the office may not do this to a device."""

from domain.errors import NotFoundError, RefusedError


class DeviceUnknownError(NotFoundError):
    code = "device_unknown"
    detail = "No device with that id is registered. Check the id, or register the device first."


class DeviceAlreadyRegisteredError(RefusedError):
    code = "device_already_registered"
    detail = "This device is registered. Revoke it before it is registered anew."


class DeviceAlreadyRevokedError(RefusedError):
    code = "device_already_revoked"
    detail = "This device is revoked already; nothing needs to be done."
