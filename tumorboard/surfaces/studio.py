"""Paints a scene into an array, off screen. Needs VTK; runs in the process of `worker`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 - registers the painter
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkBillboardTextActor3D,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
    vtkWindowToImageFilter,
)

from tumorboard.surfaces.meshes import mask_mesh, tube_mesh
from tumorboard.surfaces.model import Colour, Look, MaskShape, PointShape, Scene, TubeShape

_BACKGROUND: Colour = (0.055, 0.067, 0.082)
_CUBE: Colour = (0.16, 0.19, 0.23)
_LETTERS: Colour = (0.85, 0.87, 0.91)
_LANDMARK_MM = 3.0
#: Share of the picture that the cube takes, in its lower left corner.
_CORNER = (0.0, 0.0, 0.16, 0.2)
_PEELS = 6


class Studio:
    """Holds the surfaces of a scene and paints them from any side."""

    def __init__(self, scene: Scene) -> None:
        self._renderer, self._names, self._corner = vtkRenderer(), vtkRenderer(), vtkRenderer()
        self._window = vtkRenderWindow()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetAlphaBitPlanes(1)
        self._renderer.SetBackground(*_BACKGROUND)
        self._renderer.SetUseDepthPeeling(1)
        self._renderer.SetMaximumNumberOfPeels(_PEELS)
        self._renderer.UseFXAAOn()
        self._window.SetNumberOfLayers(3)
        # Landmarks lie on or in a vessel: they are painted over it, seen from anywhere.
        self._names.SetLayer(1)
        self._names.SetActiveCamera(self._renderer.GetActiveCamera())
        self._corner.SetLayer(2)
        self._corner.SetViewport(*_CORNER)
        self._corner.AddActor(_cube())
        for renderer in (self._renderer, self._names, self._corner):
            self._window.AddRenderer(renderer)
        self._actors: list[tuple[str, Any]] = []
        for shape in scene.shapes:
            for actor in _actors_of(shape):
                held = self._names if isinstance(shape, PointShape) else self._renderer
                held.AddActor(actor)
                self._actors.append((shape.name, actor))
        self._middle, self._reach = _ball_around(
            r.ComputeVisiblePropBounds() for r in (self._renderer, self._names)
        )

    def picture(self, look: Look, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Paint the scene; return RGB, shape (rows, columns, 3). ``size`` is (width, height)."""
        self._window.SetSize(*size)
        for name, actor in self._actors:
            opacity = look.opacity(name)
            actor.SetVisibility(opacity > 0)
            if isinstance(actor, vtkActor):
                actor.GetProperty().SetOpacity(opacity)
        self._aim(self._renderer, self._middle, self._reach / max(look.zoom, 0.05), look)
        self._names.ResetCameraClippingRange()
        self._aim(self._corner, np.zeros(3), 1.1, look)
        self._window.Render()
        taken = vtkWindowToImageFilter()
        taken.SetInput(self._window)
        taken.SetInputBufferTypeToRGB()
        taken.ReadFrontBufferOff()
        taken.Update()
        image = taken.GetOutput()
        width, height, _ = image.GetDimensions()
        values = vtk_to_numpy(image.GetPointData().GetScalars())
        return np.ascontiguousarray(values.reshape(height, width, 3)[::-1])

    def close(self) -> None:
        """Let go of the memory of the graphics library."""
        self._window.Finalize()

    @staticmethod
    def _aim(renderer: Any, middle: NDArray[np.float64], reach: float, look: Look) -> None:
        around, above = np.radians(look.azimuth), np.radians(look.elevation)
        front, left, head = np.array([0.0, -1.0, 0]), np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
        level = np.cos(around) * front + np.sin(around) * left
        towards = np.cos(above) * level + np.sin(above) * head
        upwards = np.cos(above) * head - np.sin(above) * level
        camera = renderer.GetActiveCamera()
        camera.SetParallelProjection(1)
        camera.SetParallelScale(reach * 1.05)
        camera.SetFocalPoint(*middle)
        camera.SetPosition(*(middle + towards * reach * 4))
        camera.SetViewUp(*upwards)
        renderer.ResetCameraClippingRange()


def _ball_around(bounds: Iterable[Sequence[float]]) -> tuple[NDArray[np.float64], float]:
    """Return the middle and the radius of what all bounds hold; those of nothing are reversed."""
    boxes = [np.array(b).reshape(3, 2) for b in bounds]
    boxes = [b for b in boxes if (b[:, 0] <= b[:, 1]).all()]
    if not boxes:
        return np.zeros(3), 1.0
    low = np.min([b[:, 0] for b in boxes], axis=0)
    high = np.max([b[:, 1] for b in boxes], axis=0)
    return (low + high) / 2, max(float(np.linalg.norm(high - low)) / 2, 1.0)


def _actors_of(shape: MaskShape | TubeShape | PointShape) -> list[Any]:
    if isinstance(shape, MaskShape):
        return [_surface(mask_mesh(shape.mask), shape.colour)]
    if isinstance(shape, TubeShape):
        return [_surface(tube_mesh(shape.line, shape.radius_mm), shape.colour)]
    ball = vtkSphereSource()
    ball.SetCenter(*shape.point)
    ball.SetRadius(_LANDMARK_MM)
    ball.SetThetaResolution(16)
    ball.SetPhiResolution(16)
    ball.Update()
    label = vtkBillboardTextActor3D()
    label.SetInput(f"  {shape.name}")
    label.SetPosition(*shape.point)
    words = label.GetTextProperty()
    words.SetFontSize(14)
    words.SetColor(*_LETTERS)
    label.ForceOpaqueOn()
    return [_surface(ball.GetOutput(), shape.colour), label]


def _surface(mesh: Any, colour: Colour) -> Any:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(mesh)
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetColor(*colour)
    look.SetInterpolationToPhong()
    look.SetAmbient(0.15)
    look.SetDiffuse(0.8)
    look.SetSpecular(0.12)
    look.SetSpecularPower(20)
    return actor


def _cube() -> Any:
    """Return a cube with the letters of the patient's sides, as on the views."""
    cube = vtkAnnotatedCubeActor()
    for side, letter in (
        ("XPlus", "L"),
        ("XMinus", "R"),
        ("YPlus", "P"),
        ("YMinus", "A"),
        ("ZPlus", "H"),
        ("ZMinus", "F"),
    ):
        getattr(cube, f"Set{side}FaceText")(letter)
        getattr(cube, f"Get{side}FaceProperty")().SetColor(*_LETTERS)
    cube.SetFaceTextScale(0.6)
    # Letters stand upright, those of the two ends of the body with the front upwards.
    cube.SetZFaceTextRotation(-90)
    cube.SetXFaceTextRotation(0)
    cube.SetYFaceTextRotation(0)
    cube.GetCubeProperty().SetColor(*_CUBE)
    cube.GetTextEdgesProperty().SetColor(*_BACKGROUND)
    return cube
