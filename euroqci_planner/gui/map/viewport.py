"""What part of a projection fills the widget: scale, centre, and the way to pixels and back."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtGui import QTransform

from euroqci_planner.gui.map.projections import Plane, Projection
from euroqci_planner.units import FloatArray

MEAN_EARTH_RADIUS_KM = 6_371.0
MOST_PX_PER_RADIAN = 60_000.0
_SMALLEST_FILL = 0.9


@dataclass(frozen=True, slots=True)
class Viewport:
    """A projection, the point of its plane in the middle of the widget, and pixels per radian."""

    projection: Projection
    scale_px: float
    centre_x: float
    centre_y: float
    width_px: int
    height_px: int

    def to_screen(self, plane: Plane) -> Plane:
        """Pixels of points of the plane."""
        x, y = plane
        return (
            (x - self.centre_x) * self.scale_px + 0.5 * self.width_px,
            (self.centre_y - y) * self.scale_px + 0.5 * self.height_px,
        )

    def place(self, latitude_rad: FloatArray, longitude_rad: FloatArray) -> Plane:
        """Pixels of points on the ground; NaN where they are hidden."""
        return self.to_screen(self.projection.forward(latitude_rad, longitude_rad))

    def ground(self, x_px: float, y_px: float) -> tuple[float, float]:
        """Latitude and longitude under a pixel; NaN beside the map."""
        x = self.centre_x + (x_px - 0.5 * self.width_px) / self.scale_px
        y = self.centre_y - (y_px - 0.5 * self.height_px) / self.scale_px
        latitude, longitude = self.projection.inverse(np.asarray(x), np.asarray(y))
        return float(latitude), float(longitude)

    def transform(self) -> QTransform:
        """From the plane to pixels, for painters."""
        scale = self.scale_px
        return QTransform(
            scale,
            0.0,
            0.0,
            -scale,
            0.5 * self.width_px - self.centre_x * scale,
            0.5 * self.height_px + self.centre_y * scale,
        )

    def resized(self, width_px: int, height_px: int) -> Viewport:
        """The same centre in a widget of another size; what was in view stays in view."""
        old = min(self.width_px, self.height_px)
        factor = min(width_px / max(self.width_px, 1), height_px / max(self.height_px, 1))
        scale = self.scale_px * (factor if old > 1 else 1.0)
        return replace(self, width_px=width_px, height_px=height_px, scale_px=scale).held()

    def zoomed(self, factor: float, x_px: float, y_px: float) -> Viewport:
        """Nearer or farther, with the point under the pixel kept in its place."""
        scale = min(max(self.scale_px * factor, self.least_scale()), MOST_PX_PER_RADIAN)
        off_x, off_y = x_px - 0.5 * self.width_px, y_px - 0.5 * self.height_px
        gain = 1.0 / self.scale_px - 1.0 / scale
        return replace(
            self,
            scale_px=scale,
            centre_x=self.centre_x + off_x * gain,
            centre_y=self.centre_y - off_y * gain,
        ).held()

    def panned(self, dx_px: float, dy_px: float) -> Viewport:
        """The map moved by pixels."""
        return replace(
            self,
            centre_x=self.centre_x - dx_px / self.scale_px,
            centre_y=self.centre_y + dy_px / self.scale_px,
        ).held()

    def least_scale(self) -> float:
        """Pixels per radian at which the whole map just fits, with some air."""
        half_width, half_height = self.projection.half_size
        fits = min(self.width_px / (2.0 * half_width), self.height_px / (2.0 * half_height))
        return max(_SMALLEST_FILL * fits, 1.0)

    def held(self) -> Viewport:
        """Kept so that the widget looks at the map, in the middle where it is smaller."""
        scale = min(max(self.scale_px, self.least_scale()), MOST_PX_PER_RADIAN)
        half_width, half_height = self.projection.half_size
        room_x = max(half_width - 0.5 * self.width_px / scale, 0.0)
        room_y = max(half_height - 0.5 * self.height_px / scale, 0.0)
        return replace(
            self,
            scale_px=scale,
            centre_x=float(min(max(self.centre_x, -room_x), room_x)),
            centre_y=float(min(max(self.centre_y, -room_y), room_y)),
        )

    def fitted(self, plane: Plane, margin: float = 1.08) -> Viewport:
        """As near as these points of the plane allow."""
        x, y = (np.asarray(part)[np.isfinite(part)] for part in plane)
        if not len(x):
            return self.held()
        width, height = max(np.ptp(x), 1e-3) * margin, max(np.ptp(y), 1e-3) * margin
        scale = min(self.width_px / width, self.height_px / height)
        return replace(
            self,
            scale_px=float(scale),
            centre_x=float(0.5 * (x.min() + x.max())),
            centre_y=float(0.5 * (y.min() + y.max())),
        ).held()

    def km_per_px(self) -> float:
        """Distance of a pixel along the meridian in the middle of the map."""
        return MEAN_EARTH_RADIUS_KM / self.scale_px
