/// A range of bytes that shares its storage with the chunk it arrived in: slicing copies nothing.
package typealias Bytes = ArraySlice<UInt8>

/// The eight bytes before every message hold its type, flags and length in big-endian order.
package struct FrameHeader: Equatable, Sendable {
    package static let size = 8
    /// This flag asks the server for an acknowledgement. Only a run's proposal may carry it.
    package static let requestedAck: UInt16 = 0x8000

    package var code: UInt16
    package var flags: UInt16
    /// Counts the bytes of the payload, without this header.
    package var length: UInt32

    package init(code: UInt16, flags: UInt16 = 0, length: UInt32) {
        self.code = code
        self.flags = flags
        self.length = length
    }

    /// Reads the header from the eight of `bytes` at an offset.
    init(_ bytes: [UInt8], at offset: Int) {
        precondition(offset >= 0 && bytes.count - offset >= Self.size)
        let word = bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        self.init(
            code: UInt16(truncatingIfNeeded: word >> 48),
            flags: UInt16(truncatingIfNeeded: word >> 32),
            length: UInt32(truncatingIfNeeded: word))
    }

    package var requestsAck: Bool { flags & Self.requestedAck != 0 }
}

/// A message before it is decoded: its code, its flags and the bytes of its fields.
package struct Frame: Equatable, Sendable {
    package var code: UInt16
    package var flags: UInt16
    package var payload: Bytes

    package init(code: UInt16, flags: UInt16 = 0, payload: Bytes) {
        self.code = code
        self.flags = flags
        self.payload = payload
    }

    /// Nil for codes that this version of the protocol does not define.
    package var type: MessageType? { MessageType(rawValue: code) }
    package var kind: MessageKind { MessageKind(code: code) }
    package var requestsAck: Bool { flags & FrameHeader.requestedAck != 0 }
}
