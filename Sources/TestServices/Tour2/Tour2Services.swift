import Restate

/// The services of the second tour, one line each: the recordings of each are played.
let tour2Services: [any RestateService] = [
    Tour2()
]
