// Stands in for react-style-singleton: a component that renders nothing and writes no <style>.
export const styleSingleton = () => () => null;
