"""The walking robot: masses and springs that a small neural network moves, and how far they come.

The simulation is the mass-spring robot D of DiffTaichi (Hu et al., DiffTaichi: Differentiable Programming for
Physical Simulation, ICLR 2020). Lengths are in units of the picture, times in seconds, masses are 1.
"""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypedDict

import rose
from rose import Index, Real, Vec, fn

Objects = Literal[26]
OBJECTS: Objects = 26
Springs = Literal[61]
SPRINGS: Springs = 61
Waves = Literal[10]
WAVES: Waves = 10
Hidden = Literal[32]
HIDDEN: Hidden = 32
Inputs = Literal[116]  # a number per wave, four per object, two for the way to the goal
INPUTS: Inputs = 116
Steps = Literal[1364]
STEPS: Steps = 1364

TIME_STEP = 0.004
GRAVITY = -4.8
DAMPING = 15
GROUND = 0.1
GOAL = (0.9, 0.2)
HEAD = 0
RATE = 0.2  # how far a training step moves the network
WAVE_SPEED = 10  # radians a second
SENSITIVITY = 0.05  # of the network to places and velocities

Point = Vec[Literal[2]]


@dataclass(frozen=True)
class Object:
    position: Point
    velocity: Point


@dataclass(frozen=True)
class Spring:
    """It pulls two objects together, or apart, until they are as far from each other as its muscle wants."""

    a: Index[Objects]
    b: Index[Objects]
    rest_length: Real
    stiffness: Real
    actuation: Real


@dataclass(frozen=True)
class Network:
    """Two layers: from what the robot feels to the hidden units, and from these to the springs' muscles."""

    weights1: Vec[Hidden, Vec[Inputs]]
    bias1: Vec[Hidden]
    weights2: Vec[Springs, Vec[Hidden]]
    bias2: Vec[Springs]


@dataclass(frozen=True)
class Frame:
    """What there is to see of a step: where the objects are after it, and how tense the muscles were."""

    positions: Vec[Objects, Point]
    tension: Vec[Springs]


class Robot(TypedDict):
    """What robot.json holds: where the objects are at the start, and the fields of every Spring."""

    objects: list[tuple[float, float]]
    springs: list[tuple[int, int, float, float, float]]


ROBOT: Robot = json.loads((Path(__file__).parent / "robot.json").read_text())


@fn
def springs() -> Vec[Springs, Spring]:
    """All springs of the robot."""
    return [Spring(*row) for row in ROBOT["springs"]]


@fn
def start(lift: Real) -> Vec[Objects, Object]:
    """The robot at rest, higher than on the ground by `lift`."""
    places = rose.vec(ROBOT["objects"])
    return rose.map(lambda place: Object(place + rose.vec([0, lift]), rose.vec([0, 0])), places)


@fn
def feel(step: Index[Steps], objects: Vec[Objects, Object], goal: Point) -> Vec[Inputs]:
    """What the network is told: the time as waves, the robot's pose and motion, and the way to the goal."""
    center = rose.sum(OBJECTS, lambda k: objects[k].position) / OBJECTS
    phase = WAVE_SPEED * TIME_STEP * step

    def pose(k: Index) -> Vec:
        one = objects[k]
        return SENSITIVITY * rose.concat(one.position - center, one.velocity)

    poses = rose.vec(OBJECTS, pose)
    return rose.concat(
        rose.vec(WAVES, lambda j: rose.sin(phase + 2 * math.pi / WAVES * j)),
        rose.vec(4 * OBJECTS, lambda m: poses[m // 4][m % 4]),
        goal - center,
    )


@fn
def contract(network: Network, inputs: Vec[Inputs]) -> Vec[Springs]:
    """How tense each muscle is to be, from -1 to 1."""
    hidden = rose.tanh(network.weights1 @ inputs + network.bias1)
    return rose.tanh(network.weights2 @ hidden + network.bias2)


@fn
def pull(objects: Vec[Objects, Object], tension: Vec[Springs]) -> Vec[Objects, Point]:
    """What the springs add to the velocity of every object in a step."""
    all_springs = springs()

    def act(s: Index, pulls: Vec[Objects, Point]) -> Vec[Objects, Point]:
        spring = all_springs[s]
        apart = objects[spring.a].position - objects[spring.b].position
        length = rose.norm(apart) + 1e-4
        wanted = spring.rest_length * (1 + spring.actuation * tension[s])
        impulse = TIME_STEP * spring.stiffness * (length - wanted) / length * apart
        return pulls.at[spring.a].add(-impulse).at[spring.b].add(impulse)

    return rose.loop(SPRINGS, rose.vec(OBJECTS, lambda _: rose.vec([0, 0])), act)


@fn
def move(one: Object, impulse: Point) -> Object:
    """An object a time step later; one that would sink into the ground stops there at once."""
    falling = math.exp(-TIME_STEP * DAMPING) * one.velocity + [0, TIME_STEP * GRAVITY]
    velocity = falling + impulse
    after = one.position + TIME_STEP * velocity

    def landed() -> Object:
        time_of_impact = (GROUND - one.position[1]) / velocity[1]
        return Object(one.position + time_of_impact * velocity, rose.vec([0, 0]))

    lands = (after[1] < GROUND) & (velocity[1] < -1e-4)
    return rose.cond(lands, landed, lambda: Object(after, velocity))


@fn
def step(
    t: Index[Steps], objects: Vec[Objects, Object], network: Network, goal: Point
) -> tuple[Vec[Objects, Object], Vec[Springs]]:
    """The robot one time step later, and how tense its muscles were."""
    tension = contract(network, feel(t, objects, goal))
    pulls = pull(objects, tension)
    return rose.map(move, objects, pulls), tension


@fn
def loss(network: Network, goal: Point = GOAL, lift: Real = 0) -> Real:
    """How far the head is on the left after the last step: minus its x."""
    objects = rose.loop(STEPS, start(lift), lambda t, objects: step(t, objects, network, goal)[0])
    return -objects[HEAD].position[0]


loss_and_grad = rose.value_and_grad(loss)


@fn
def train(network: Network, goal: Point = GOAL, lift: Real = 0) -> tuple[Real, Network]:
    """The loss, and the network after one step of gradient descent, whose length is always RATE."""
    value, slope = loss_and_grad(network, goal, lift)
    squares = (
        rose.sum(slope.weights1 * slope.weights1).sum() + rose.dot(slope.bias1, slope.bias1),
        rose.sum(slope.weights2 * slope.weights2).sum() + rose.dot(slope.bias2, slope.bias2),
    )
    scale = RATE / (rose.sqrt(rose.sum(squares)) + 1e-6)
    return value, Network(
        network.weights1 - scale * slope.weights1,
        network.bias1 - scale * slope.bias1,
        network.weights2 - scale * slope.weights2,
        network.bias2 - scale * slope.bias2,
    )


@fn
def draw(state: Real) -> tuple[Real, Real]:
    """The next state of a generator of random numbers (Lehmer's, with Park and Miller's modulus), and a normal number."""
    one = rose.mod(16807 * state, 2147483647)
    two = rose.mod(16807 * one, 2147483647)
    radius = rose.sqrt(-2 * rose.log(one / 2147483647))
    return two, radius * rose.cos(2 * math.pi * two / 2147483647)


def random_matrix(state: Real, rows: int, columns: int, scale: float) -> tuple[Real, Vec]:
    """The generator's state after drawing a matrix of normal numbers times `scale`, and the matrix."""

    def row(_: Index, state: Real) -> tuple[Real, Vec]:
        return rose.scan(columns, state, lambda _, state: scaled(*draw(state)))

    def scaled(state: Real, number: Real) -> tuple[Real, Real]:
        return state, scale * number

    return rose.scan(rows, state, row)


@fn
def random_network(seed: Real) -> Network:
    """What training starts from, by a seed from 1: the same on every machine."""
    spread1 = math.sqrt(2 / (HIDDEN + INPUTS)) * 2
    spread2 = math.sqrt(2 / (HIDDEN + SPRINGS)) * 3
    settled, _ = rose.loop(8, (seed, 0.0), lambda _, drawn: draw(drawn[0]))
    between, weights1 = random_matrix(settled, HIDDEN, INPUTS, spread1)
    _, weights2 = random_matrix(between, SPRINGS, HIDDEN, spread2)
    zeros = (rose.vec(HIDDEN, lambda _: 0.0), rose.vec(SPRINGS, lambda _: 0.0))
    return Network(weights1, zeros[0], weights2, zeros[1])


@fn
def trajectory(network: Network, goal: Point = GOAL, lift: Real = 0) -> Vec[Steps, Frame]:
    """The robot at every step."""

    def stepped(t: Index, objects: Vec[Objects, Object]) -> tuple[Vec[Objects, Object], Frame]:
        after, tension = step(t, objects, network, goal)
        return after, Frame(rose.vec(OBJECTS, lambda k: after[k].position), tension)

    _, frames = rose.scan(STEPS, start(lift), stepped)
    return frames


__all__ = ["loss", "loss_and_grad", "random_network", "springs", "train", "trajectory"]
