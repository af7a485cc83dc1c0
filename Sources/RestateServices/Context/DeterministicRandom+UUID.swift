#if !WithoutFoundation
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension DeterministicRandom {
    /// Returns a version 4 UUID.
    public mutating func uuid() -> UUID {
        let bytes = uuidBytes()
        return UUID(
            uuid: (
                bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], bytes[6], bytes[7],
                bytes[8], bytes[9], bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]
            ))
    }
}

extension Context {
    /// Returns a version 4 UUID that is the same on every replay.
    public func uuid() -> UUID { random.uuid() }
}
#endif
