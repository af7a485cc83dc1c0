internal import Synchronization

/// Keeps up to four finished objects for reuse, so that most codings allocate only their result.
///
/// A slot is emptied and filled by one atomic exchange, so an object that is taken has one owner.
final class JSONPool<Object: AnyObject>: Sendable {
    private let slots = InlineArray<4, Atomic<UInt>> { _ in Atomic(0) }

    func take() -> Object? {
        for index in 0..<4 {
            let bits = slots[index].exchange(0, ordering: .acquiring)
            if let object = UnsafeRawPointer(bitPattern: bits) {
                return Unmanaged<Object>.fromOpaque(object).takeRetainedValue()
            }
        }
        return nil
    }

    func give(_ object: Object) {
        let kept = Unmanaged.passRetained(object)
        for index in 0..<4 {
            let (stored, _) = slots[index].compareExchange(
                expected: 0, desired: UInt(bitPattern: kept.toOpaque()), ordering: .releasing)
            if stored { return }
        }
        kept.release()
    }
}
