import EndpointSupport
import Nexus
import Restate
import Synchronization
import Testing

@testable import NexusPage

/// What the visitors are told of the seats, with polls whose answers the test makes.
@Suite(.timeLimit(.minutes(10)))
struct SeatWatchTests {
    @Test func `all visitors together cost one poll, and none when they are gone`() async throws {
        let polls = Atomic(0)
        let watch = SeatWatch { memory in
            let number = polls.add(1, ordering: .relaxed).newValue
            return (picture(["seat-1": .sold], holder: "\(number)"), memory)
        }
        #expect(await !watch.isPolling)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    // Until the third poll.
                    for await seen in await watch.pictures() where seen.seats[0].holder == "3" {
                        break
                    }
                }
            }
        }
        // The next one may have begun.
        #expect((3...4).contains(polls.load(ordering: .relaxed)))
        while await watch.isPolling { await Task.yield() }
    }

    @Test func `a visitor is told the whole map, then what changes`() async throws {
        let answers = Mutex([
            picture(["seat-1": .available, "seat-2": .sold], holder: "visitor-a"),
            picture(["seat-1": .available, "seat-2": .sold], holder: "visitor-a"),
            picture(["seat-1": .reserved, "seat-2": .sold], holder: "visitor-a", until: 7),
            picture(["seat-1": .reserved, "seat-2": .sold, "x": .available], holder: "b"),
        ])
        let events = try await told("visitor-a") { answers.withLock { $0.removeFirst() } }
        #expect(events.map(\.type) == ["seats", "changes", "seats"])
        #expect(
            try events.map { try $0.json(SeatNews.self).seats.map(line) } == [
                ["seat-1 AVAILABLE false", "seat-2 SOLD true"], ["seat-1 RESERVED true 7"],
                ["seat-1 RESERVED false", "seat-2 SOLD false", "x AVAILABLE false"],
            ])
    }

    @Test func `who has a seat is left out where it is not known`() async throws {
        var hidden = picture(["seat-1": .available, "seat-2": .sold], holder: "visitor-a")
        hidden.seats[1].holder = nil
        let events = try await told("visitor-a", count: 1) { [hidden] in hidden }
        #expect(
            try events[0].json(SeatNews.self).seats.map(line) == [
                "seat-1 AVAILABLE false", "seat-2 SOLD",
            ])
    }

    @Test func `trouble is told once, and after it the whole map`() async throws {
        let number = Mutex(0)
        let events = try await told("visitor-a") {
            let poll = number.withLock { number -> Int in
                number += 1
                return number
            }
            if (2...3).contains(poll) { throw NotOpen() }
            return picture(["seat-1": .sold], holder: "b")
        }
        #expect(events.map(\.type) == ["seats", "trouble", "seats"])
        #expect(events[1].data == #"{"reason":"unreachable"}"#)
    }

    /// The first events.
    private func told(
        _ user: String, count: Int = 3, _ poll: @escaping @Sendable () throws -> SeatPicture
    ) async throws -> [Event] {
        let watch = SeatWatch { memory in (try poll(), memory) }
        let endpoint = Endpoint([]).route("GET", "/") { _ in
            .events { try await watch.tell($0, as: user) }
        }
        return try await serving(endpoint) { port in
            let seen = Mutex(0)
            return try await Browsing(port: port).events("/") { _ in
                seen.withLock { seen in
                    seen += 1
                    return seen == count
                }
            }
        }
    }

    private func line(_ seat: SeatNews.Seat) -> String {
        "\(seat.id) \(seat.status.rawValue)" + (seat.mine.map { " \($0)" } ?? "")
            + (seat.until.map { " \($0)" } ?? "")
    }
}

private func picture(
    _ seats: KeyValuePairs<String, SeatStatus>, holder: String, until: Int64? = nil
) -> SeatPicture {
    SeatPicture(
        seats: seats.map { id, status in
            SeatPicture.Seat(
                id: id, status: status, holder: holder, until: status == .reserved ? until : nil)
        })
}
