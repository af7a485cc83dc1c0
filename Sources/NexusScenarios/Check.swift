/// One check of the suite: a sentence that should be true, and how to find out.
struct Check: Sendable {
    let sentence: String
    let make: @Sendable (Place, Memory) async throws -> Void

    init(
        _ sentence: String, _ make: @escaping @Sendable (Place, Memory) async throws -> Void
    ) {
        self.sentence = sentence
        self.make = make
    }
}

/// Why the suite cannot be run, as a sentence without its full stop.
public struct ScenarioError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// What was not as it should be.
struct CheckFailed: Error, CustomStringConvertible {
    let description: String
}

/// What cannot be checked here, and what it would take.
struct CheckSkipped: Error, CustomStringConvertible {
    let description: String
}

func expect(_ isTrue: Bool, _ complaint: @autoclosure () -> String) throws {
    if !isTrue { throw CheckFailed(description: complaint()) }
}

func expectEqual<Value: Equatable>(_ found: Value, _ expected: Value, _ what: String) throws {
    try expect(found == expected, "\(what) is \(found), not \(expected)")
}

/// Asks again until it is so: for what follows by one-way calls or on a timer.
func eventually(
    _ what: String, within limit: Duration = .seconds(30),
    _ isSo: @Sendable () async throws -> Bool
) async throws {
    let start = ContinuousClock.now
    var pause = Duration.milliseconds(5)
    while true {
        if try await isSo() { return }
        guard start.duration(to: .now) < limit else {
            throw CheckFailed(description: "not within \(limit): \(what)")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(200))
    }
}

/// What the checks of one run share: seats that nobody else uses, and which were used.
actor Memory {
    private let run = String(UInt32.random(in: 0 ... .max), radix: 36)
    private var count = 0
    private(set) var seats: [String] = []

    /// A seat that was never booked before: on a server that lives longer, too.
    func freshSeat() -> String {
        count += 1
        let seat = "check-\(run)-\(count)"
        seats.append(seat)
        return seat
    }

    func freshKey() -> String {
        count += 1
        return "check-\(run)-\(count)"
    }
}
