import Foundation
import Support
import Testing

@testable import RestateLambda

@Suite struct Base64Tests {
    @Test func `bytes are written and read as Foundation does it`() {
        for count in 0..<260 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count &* 31) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
        }
    }

    @Test func `every letter is read, and no other byte`() {
        for byte in UInt8.min...UInt8.max {
            let text = String(decoding: [0x41, byte, 0x42, 0x43], as: UTF8.self)
            #expect(Base64.decode(text) == Data(base64Encoded: text).map(Array.init))
        }
    }

    @Test(arguments: [
        "QQ", "QQ=", "Q===", "====", "QQ=Q", "Q=QQ", "QQ==QUJD", "QUI=\n", "QÄ==", "QR==", "-_-_",
    ])
    func `text that is not base64 to its end is refused`(text: String) {
        #expect(Base64.decode(text) == nil)
    }
}
