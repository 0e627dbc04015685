/** Keeps one broken part from taking the page with it. A class, because React offers nothing else that catches. */
import { Component, type ReactNode } from "react";

interface Props {
  /** stands in for what broke */
  fallback?: ReactNode;
  /** the same, for those who can try again */
  renderFallback?: (retry: () => void) => ReactNode;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    if (!this.state.broken) return this.props.children;
    const { fallback, renderFallback } = this.props;
    return renderFallback?.(() => this.setState({ broken: false })) ?? fallback;
  }
}
