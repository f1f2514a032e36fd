// No white wall: what cannot be drawn leaves what was drawn last, or a plain sentence where nothing was.
import { Component, type ComponentChildren } from "preact";

interface Props<Of> {
  of: Of;
  children: (of: Of) => ComponentChildren;
  /** Instead, where nothing can be drawn. */
  otherwise: ComponentChildren;
  /** Called once it is on the page; null: `otherwise` is. */
  drawn?: (of: Of | null) => void;
}

export class Boundary<Of> extends Component<Props<Of>> {
  failed = new Set<Of>();
  good: Of | null = null;
  before: Of | null = null; // good too, for what fails only after it was drawn
  tried: Of | null = null;

  override render() {
    const { of, children, otherwise } = this.props;
    if (!this.failed.has(of)) this.failed.clear(); // they are no more
    this.tried = this.failed.has(of) ? this.good : of;
    return this.tried === null || this.failed.has(this.tried) ? otherwise : children(this.tried);
  }

  override componentDidMount() {
    this.settle();
  }

  override componentDidUpdate() {
    this.settle();
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
    const { tried } = this;
    if (tried === null || this.failed.has(tried)) throw error; // even the sentence
    this.failed.add(tried);
    if (this.good === tried) this.good = this.before;
    this.forceUpdate();
  }

  settle() {
    const { tried } = this;
    if (tried !== null && this.failed.has(tried)) return; // it is drawn again at once
    if (tried !== null && tried !== this.good) {
      this.before = this.good;
      this.good = tried;
    }
    this.props.drawn?.(tried);
  }
}
