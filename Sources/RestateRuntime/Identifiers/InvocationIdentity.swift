import Primitives
import RestateProtocol

/// The id of an invocation: a partition key of 64 bits and 128 bits of its own. Its text begins
/// with `inv_1`.
package struct InvocationIdentity: Hashable, Sendable, CustomStringConvertible {
    package let partitionKey: UInt64
    let high: UInt64
    let low: UInt64

    init(partitionKey: UInt64, high: UInt64, low: UInt64) {
        self.partitionKey = partitionKey
        self.high = high
        self.low = low
    }

    /// The partition key is not compared, because it follows from the rest, and data folders of
    /// earlier versions computed it otherwise: an invocation of theirs is still found by the id
    /// that is computed today.
    package static func == (left: Self, right: Self) -> Bool {
        left.high == right.high && left.low == right.low
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
    }

    /// What dictionaries and sets use in place of `hash(into:)`. An id is looked up a few dozen times in a
    /// call, and the standard hash would be a twentieth of it. Each half has a number of its own that only
    /// this process knows, and the product has both, so that others cannot choose ids that collide.
    package func _rawHashValue(seed: Int) -> Int {
        let seeded = (low ^ Self.hashKey.low) &+ UInt64(bitPattern: Int64(seed))
        let product = (high ^ Self.hashKey.high).multipliedFullWidth(by: seeded)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }

    private static let hashKey = (
        high: UInt64.random(in: .min ... .max), low: UInt64.random(in: .min ... .max)
    )

    /// Reads the 24 bytes of an id in big-endian order, as `Start.id` and awakeable ids have them.
    init(_ bytes: some Collection<UInt8>) {
        func number(_ bytes: some Sequence<UInt8>) -> UInt64 {
            bytes.reduce(0) { $0 << 8 | UInt64($1) }
        }
        partitionKey = number(bytes.prefix(8))
        high = number(bytes.dropFirst(8).prefix(8))
        low = number(bytes.dropFirst(16).prefix(8))
    }

    /// Reads a stored id; nil if it has not 24 bytes.
    package init?(stored bytes: [UInt8]) {
        guard bytes.count == 24 else { return nil }
        self.init(bytes)
    }

    package init?(_ text: String) {
        guard let (key, own) = InvocationIDText.numbers(in: text) else { return nil }
        partitionKey = key.byteSwapped
        high = own.low.byteSwapped
        low = own.high.byteSwapped
    }

    package var text: String {
        let prefix: StaticString = "inv_1"
        return String(unsafeUninitializedCapacity: 38) { text in
            _ = text[..<5].update(
                fromContentsOf: UnsafeBufferPointer(
                    start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
            // A server reads the bytes as a little-endian number, hence the swaps.
            Base62.write(
                high: 0, low: partitionKey.byteSwapped,
                to: UnsafeMutableBufferPointer(rebasing: text[5..<16]))
            Base62.write(
                high: low.byteSwapped, low: high.byteSwapped,
                to: UnsafeMutableBufferPointer(rebasing: text[16..<38]))
            return 38
        }
    }

    package var description: String { text }

    package var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        for word in [partitionKey, high, low] {
            withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The seed of the invocation's random numbers, as a server makes it of the id: the hash of its bytes with
    /// their number before them. So journals of both can be replayed without being told the seed.
    package var randomSeed: UInt64 {
        SipHash.hash(words: [24, partitionKey.byteSwapped, high.byteSwapped, low.byteSwapped])
    }

    /// The seed that earlier versions of this runtime made of the id. Journals that they began have numbers of it.
    var earlierRandomSeed: UInt64 {
        var generator = SplitMix(seed: partitionKey ^ high &* 31 ^ low &* 17)
        return generator.next()
    }
}

extension InvocationIdentity {
    /// Returns the id of a workflow's run. It is derived from name and key, so that no index is
    /// needed to find the run.
    package static func workflow(_ name: String, key: String) -> InvocationIdentity {
        derived(from: ["wf", name, key], partition: partition(of: key))
    }

    /// Returns the id of a call with an idempotency key. It is derived from the call's names, so
    /// that a second call finds the first one.
    package static func idempotent(
        service: String, key: String?, handler: String, idempotencyKey: String
    ) -> InvocationIdentity {
        let partition = key.map(partition) ?? stableHash(service, idempotencyKey)
        if let key {
            return derived(
                from: ["ik", service, key, handler, idempotencyKey], partition: partition)
        }
        return derived(from: ["ik", service, handler, idempotencyKey], partition: partition)
    }

    /// Makes a new id. Like a ULID it begins with the time, so that later ids sort behind earlier
    /// ones.
    static func fresh(
        service: String, key: String?, at now: Timestamp, _ random: inout SplitMix
    ) -> InvocationIdentity {
        let high = now << 16 | random.next() & 0xFFFF
        let low = random.next()
        let partition =
            key.map(partition) ?? stableHash(service) &+ (low & 511) &* 0x9E37_79B9
        return InvocationIdentity(partitionKey: partition, high: high, low: low)
    }

    /// Computes the partition as a server does, so that the ids of one key begin with the same
    /// digits there and here.
    private static func partition(of key: String) -> UInt64 {
        XXH3.hash(Array(key.utf8) + [0xFF])
    }

    /// Makes a new id in the same partition.
    static func sibling(
        of id: InvocationIdentity, at now: Timestamp, _ random: inout SplitMix
    ) -> InvocationIdentity {
        InvocationIdentity(
            partitionKey: id.partitionKey, high: now << 16 | random.next() & 0xFFFF,
            low: random.next())
    }

    private static func derived(from parts: [String], partition: UInt64) -> InvocationIdentity {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(parts.count) { $0 + $1.utf8.count })
        for (index, part) in parts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: part.utf8)
        }
        let digest = bytes.withUnsafeBytes { SHA256.words(of: $0) }
        return InvocationIdentity(
            partitionKey: partition, high: UInt64(digest[0]) << 32 | UInt64(digest[1]),
            low: UInt64(digest[2]) << 32 | UInt64(digest[3]))
    }
}

/// FNV-1a with a final mix. Swift's `Hasher` differs from process to process, and ids that callers
/// keep depend on this one.
///
/// - Parameter second: follows behind a comma, if there is one.
private func stableHash(_ text: String, _ second: String? = nil) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    for byte in text.utf8 { add(byte) }
    if let second {
        add(UInt8(ascii: ","))
        for byte in second.utf8 { add(byte) }
    }
    var generator = SplitMix(seed: hash)
    return generator.next()
}
