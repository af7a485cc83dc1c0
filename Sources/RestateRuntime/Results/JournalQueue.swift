import Primitives

/// The finished invocations whose journals are kept, the oldest first. Some journals may be dropped
/// already.
///
/// It consists of chunks, because one array would double as it grows, and so have more free room
/// than contents.
struct JournalQueue: Sendable {
    /// An invocation in 24 bytes: the id without the partition key, which is not compared, and the
    /// serial number.
    struct Place: Sendable {
        private let high: UInt64
        private let low: UInt64
        let serial: UInt64

        init(_ id: InvocationIdentity, _ serial: UInt64) {
            (high, low) = (id.high, id.low)
            self.serial = serial
        }

        var id: InvocationIdentity { InvocationIdentity(partitionKey: 0, high: high, low: low) }
    }

    private static let chunkSize = 1024
    private var full = FIFOQueue<[Place]>()
    /// The chunk that grows.
    private var last: [Place] = []
    /// How many of the first chunk have left.
    private var taken = 0

    var first: Place? {
        if let chunk = full.first { return chunk[taken] }
        return taken < last.count ? last[taken] : nil
    }

    var waiting: [Place] { Array((full.waiting + [last]).joined().dropFirst(taken)) }

    mutating func append(_ id: InvocationIdentity, _ serial: UInt64) {
        last.append(Place(id, serial))
        guard last.count == Self.chunkSize else { return }
        full.append(last)
        last = []
        last.reserveCapacity(Self.chunkSize)
    }

    mutating func removeFirst() {
        taken += 1
        if let chunk = full.first {
            guard taken == chunk.count else { return }
            _ = full.popFirst()
        } else {
            guard taken == last.count else { return }
            last.removeAll(keepingCapacity: true)
        }
        taken = 0
    }
}
