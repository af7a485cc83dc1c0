internal import Restate

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Tells all visitors what happens to the seats, with one poll for all of them together.
actor SeatWatch {
    private static let interval = Duration.milliseconds(500)

    typealias Poll =
        @Sendable (SeatPoll.Memory) async throws -> (
            SeatPicture, SeatPoll.Memory
        )

    private let poll: Poll
    /// Each visitor gets the newest picture when it can take one, and misses those in between.
    private var watchers: [Int: AsyncStream<SeatPicture>.Continuation] = [:]
    private var watcherCount = 0
    /// Nil before the first poll, and when nobody watches.
    private var picture: SeatPicture?
    private var polling: Task<Void, Never>?

    var isPolling: Bool { polling != nil }

    init(_ poll: @escaping Poll) {
        self.poll = poll
    }

    /// Tells a visitor the whole map, then what changes, until it is gone.
    nonisolated func tell(_ events: EventWriter, as userID: String) async throws {
        var last: SeatPicture?
        var seen: [SeatNews.Seat] = []
        for await picture in await pictures() where picture != last {
            defer { last = picture }
            if let trouble = picture.trouble {
                try await events.send(json: ["reason": trouble], event: "trouble")
                continue
            }
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            let seats = picture.seen(by: userID)
            // After trouble everything, which also says that it is over.
            let news = last?.trouble != nil || seen.isEmpty ? nil : changes(from: seen, to: seats)
            seen = seats
            if let news {
                guard !news.isEmpty else { continue }
                try await events.send(json: SeatNews(now: now, seats: news), event: "changes")
            } else {
                try await events.send(json: SeatNews(now: now, seats: seats), event: "seats")
            }
        }
    }

    func pictures() -> AsyncStream<SeatPicture> {
        let (pictures, watcher) = AsyncStream.makeStream(
            of: SeatPicture.self, bufferingPolicy: .bufferingNewest(1))
        watcherCount += 1
        let number = watcherCount
        watchers[number] = watcher
        if let picture { watcher.yield(picture) }
        watcher.onTermination = { [weak self] _ in Task { await self?.forget(number) } }
        if polling == nil { polling = Task { [weak self] in await self?.pollOn() } }
        return pictures
    }

    private func forget(_ number: Int) {
        watchers[number] = nil
        guard watchers.isEmpty else { return }
        polling?.cancel()
        polling = nil
        // Whoever comes next must not see an old one.
        picture = nil
    }

    private func pollOn() async {
        var memory = SeatPoll.Memory()
        while !Task.isCancelled {
            var new = SeatPicture(seats: picture?.seats ?? [])
            do {
                (new, memory) = try await poll(memory)
            } catch {
                new.trouble = PageTrouble(error)
            }
            if Task.isCancelled { return }
            picture = new
            for watcher in watchers.values { watcher.yield(new) }
            try? await Task.sleep(for: Self.interval)
        }
    }
}
